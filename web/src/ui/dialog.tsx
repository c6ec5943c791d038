import { type ReactNode, useId, useLayoutEffect, useRef } from "react";
import { Announcer } from "./announcer";
import { classes } from "./classes";

type Props = {
	title: string;
	onClose: () => void;
	children: ReactNode;
	/** Hides the title from eyes, not from readers. */
	isTitleHidden?: boolean;
	/** Much to read. */
	isWide?: boolean;
	/** Not at the first button, which may be far below, nor at a field, which brings a keyboard. */
	beginsAtTitle?: boolean;
	placement?: "middle" | "top" | "side";
};

/**
 * A modal over the page. The platform's own dialog keeps the focus inside,
 * makes the rest inert and gives the focus back.
 */
export function Dialog({
	title,
	onClose,
	children,
	isTitleHidden,
	isWide,
	beginsAtTitle = isWide,
	placement = "middle",
}: Props) {
	const ref = useRef<HTMLDialogElement>(null);
	const heading = useRef<HTMLHeadingElement>(null);
	const id = useId();
	// Closed before it leaves the page: a dialog that is taken out gives no focus back.
	useLayoutEffect(() => {
		const dialog = ref.current;
		if (dialog && !dialog.open) dialog.showModal();
		if (beginsAtTitle) heading.current?.focus();
		return () => dialog?.close();
	}, [beginsAtTitle]);
	return (
		// biome-ignore lint/a11y/useKeyWithClickEvents: Escape, the keyboard's way out, arrives as the cancel event.
		<dialog
			ref={ref}
			className={classes("modal", `modal--${placement}`)}
			aria-labelledby={id}
			onCancel={(event) => {
				event.preventDefault();
				onClose();
			}}
			// Android's Back closes it without asking when nothing was touched since it last asked.
			onClose={() => {
				if (ref.current?.open === false) onClose();
			}}
			onClick={(event) => {
				if (event.target === ref.current) onClose();
			}}
		>
			<div className={classes("dialog", "is-new", isWide && "dialog--wide")}>
				<h2
					ref={heading}
					id={id}
					className={classes(isTitleHidden && "sr")}
					tabIndex={beginsAtTitle ? -1 : undefined}
				>
					{title}
				</h2>
				{children}
				<Announcer />
			</div>
		</dialog>
	);
}

/** Actions at the end of a dialog; the destructive one stands last. */
export function DialogActions({ children }: { children: ReactNode }) {
	return <div className="dialog__act">{children}</div>;
}
