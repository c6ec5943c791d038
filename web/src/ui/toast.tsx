import { X } from "lucide-react";
import { type FocusEvent, useEffect, useRef, useState, useSyncExternalStore } from "react";
import { Button, IconButton } from "./button";

const STAY_MS = 6000;
const AT_MOST = 3;

type Toast = {
	id: number;
	text: string;
	action?: { label: string; onPress: () => void };
	stayMs: number;
};

let toasts: readonly Toast[] = [];
let nextId = 1;
const listeners = new Set<() => void>();

function set(next: readonly Toast[]) {
	toasts = next;
	for (const notify of listeners) notify();
}

/** Says what can be undone or happened elsewhere. What a row can show itself needs no toast. */
export function showToast(text: string, action?: Toast["action"], stayMs = STAY_MS): number {
	const id = nextId++;
	set([...toasts, { id, text, action, stayMs }].slice(-AT_MOST));
	return id;
}

function dropToast(id: number): void {
	set(toasts.filter((toast) => toast.id !== id));
}

function subscribe(notify: () => void) {
	listeners.add(notify);
	return () => {
		listeners.delete(notify);
	};
}

export function Toaster({ label, closeLabel }: { label: string; closeLabel: string }) {
	const shown = useSyncExternalStore(subscribe, () => toasts);
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
