import { type KeyboardEvent, type RefObject, useRef } from "react";
import { useLook } from "@/ui/look";
import { isMod, latinKey } from "@/ui/platform";
import { enterAction, isComposingEnter } from "../send-key";
import { useAutosize } from "../use-autosize";
import { useComposition } from "../use-composition";
import { insert, wrapSelection } from "../wrap";

type Props = {
	ref: RefObject<HTMLTextAreaElement | null>;
	value: string;
	label: string;
	placeholder: string;
	onChange: (text: string) => void;
	onSubmit: () => void;
	/** Gives true when there was something to cancel. */
	onCancel: () => boolean;
	onUp: () => void;
	onBlur: () => void;
	/** Has the keys first, while it offers something to choose; true when it took one. */
	onKeyFirst: (event: KeyboardEvent<HTMLTextAreaElement>) => boolean;
	/** Where the cursor stands now. */
	onCaret: (field: HTMLTextAreaElement) => void;
	/** The list beside the field and its current option, for readers. */
	list: { id: string; option: string | null } | null;
};

const MARKS: Record<string, string> = { b: "**", i: "*", e: "`" };

/** The text field itself: what its keys mean, and when Enter is not ours. */
export function ComposerField(props: Props) {
	const { ref, value, label, placeholder, list, onChange, onCaret, onBlur } = props;
	const composition = useComposition();
	const handleKey = useFieldKeys(props, composition.justEnded);
	useAutosize(ref, value);
	return (
		<textarea
			ref={ref}
			className="composer__t"
			// An empty field has no words to judge by; its hint reads as the page does.
			dir={value === "" ? undefined : "auto"}
			rows={1}
			enterKeyHint="enter"
			aria-label={label}
			aria-autocomplete="list"
			aria-controls={list?.id}
			aria-activedescendant={list?.option ?? undefined}
			placeholder={placeholder}
			value={value}
			onChange={(event) => onChange(event.target.value)}
			onKeyDown={handleKey}
			onSelect={(event) => onCaret(event.currentTarget)}
			onBlur={onBlur}
			{...composition.handlers}
		/>
	);
}

type FieldKey = KeyboardEvent<HTMLTextAreaElement>;

function useFieldKeys(props: Props, justEnded: RefObject<boolean>) {
	const { value, onSubmit, onCancel, onUp, onKeyFirst } = props;
	const { sendKey } = useLook();
	const isTouch = useRef(matchMedia("(pointer: coarse)").matches);

	function handleEnter(event: FieldKey) {
		const action = enterAction(pressed(event), sendKey, isTouch.current);
		if (action === "none") return;
		event.preventDefault();
		if (action === "send") onSubmit();
		else insert(event.currentTarget, "\n");
	}

	return (event: FieldKey) => {
		if (isComposingEnter(pressed(event), justEnded.current)) {
			// The input method has this Enter; it must not become a line either.
			if (event.key === "Enter") event.preventDefault();
			return;
		}
		if (onKeyFirst(event)) return;
		if (event.key === "Enter") handleEnter(event);
		else if (event.key === "Escape") {
			if (onCancel()) event.stopPropagation();
		} else if (event.key === "ArrowUp" && value === "" && !event.shiftKey && !event.altKey) {
			event.preventDefault();
			onUp();
		} else if (isMod(event) && !event.shiftKey && !event.altKey) {
			const mark = MARKS[latinKey(event)];
			if (!mark) return;
			event.preventDefault();
			wrapSelection(event.currentTarget, mark);
		}
	};
}

function pressed({ key, shiftKey, altKey, ctrlKey, metaKey, keyCode, nativeEvent }: FieldKey) {
	const { isComposing } = nativeEvent;
	return { key, shiftKey, altKey, ctrlKey, metaKey, keyCode, isComposing };
}
