import { X } from "lucide-react";
import { type FocusEvent, useEffect, useRef, useState } from "react";
import { Button, IconButton } from "./button";
import { watched } from "./watched";

/** How long it stays, and what it tells of can be taken back. */
export const STAY_MS = 6000;
const AT_MOST = 3;

type Toast = {
	id: number;
	text: string;
	action?: { label: string; onPress: () => void };
	stayMs: number;
};

const toasts = watched<readonly Toast[]>([]);
let nextId = 1;

/** Says what can be undone or happened elsewhere. What a row can show itself needs no toast. */
export function showToast(text: string, action?: Toast["action"], stayMs = STAY_MS): number {
	const id = nextId++;
	toasts.write([...toasts.read(), { id, text, action, stayMs }].slice(-AT_MOST));
	return id;
}

function dropToast(id: number): void {
	toasts.write(toasts.read().filter((toast) => toast.id !== id));
}

export function Toaster({ label, closeLabel }: { label: string; closeLabel: string }) {
	const shown = toasts.use();
	const [isHeld, setHeld] = useState(false);
	const back = useRef<Element | null>(null);
	function handleFocus({ currentTarget, relatedTarget }: FocusEvent) {
		setHeld(true);
		if (!currentTarget.contains(relatedTarget)) back.current = relatedTarget;
	}
	/** The pressed button goes away: the keyboard goes back to where it came from. */
	function leave() {
		if (back.current instanceof HTMLElement && back.current.isConnected) back.current.focus();
	}
	return (
		<section
			className="toasts"
			aria-label={label}
			aria-live="polite"
			data-region={shown.length > 0 || undefined}
			onPointerEnter={() => setHeld(true)}
			onPointerLeave={() => setHeld(false)}
			onFocus={handleFocus}
			onBlur={() => setHeld(false)}
		>
			{shown.map((toast) => (
				<ToastLine
					key={toast.id}
					toast={toast}
					isHeld={isHeld}
					closeLabel={closeLabel}
					onLeave={leave}
				/>
			))}
		</section>
	);
}

type LineProps = { toast: Toast; isHeld: boolean; closeLabel: string; onLeave: () => void };

function ToastLine({ toast, isHeld, closeLabel, onLeave }: LineProps) {
	const { id, action, stayMs } = toast;
	useEffect(() => {
		if (isHeld || stayMs === Number.POSITIVE_INFINITY) return;
		const timer = setTimeout(() => dropToast(id), stayMs);
		return () => clearTimeout(timer);
	}, [id, isHeld, stayMs]);
	function drop() {
		onLeave();
		dropToast(id);
	}
	return (
		<div className="toast is-new">
			<span className="grow">{toast.text}</span>
			{action && (
				<Button
					tone="ghost"
					size="s"
					onClick={() => {
						drop();
						action.onPress();
					}}
				>
					{action.label}
				</Button>
			)}
			<IconButton label={closeLabel} icon={X} size="s" onClick={drop} />
		</div>
	);
}
