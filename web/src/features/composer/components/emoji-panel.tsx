import { type KeyboardEvent, useEffect, useLayoutEffect, useRef } from "react";
import { createPortal } from "react-dom";
import { useText } from "@/i18n/use-text";
import { placeLayer } from "@/ui/place";

const ROW = 9;

const EMOJI = [
	"😀 😃 😄 😁 😅 😂 🤣 🙂 🙃 😉 😊 😇 🥰 😍 🤩 😘 😋 😛 😜 🤪 🤗 🤭 🤫 🤔 🤨 😐 😏 😒 🙄 😬 😌 😔 😴 🤒 🤧 🥵 🥶 😵 🤯 🥳 😎 🤓 🧐 😕 😟 🙁 😮 😲 😳 🥺 😢 😭 😱 😤 😡 🤬 😈 💀 💩 🤡 👻 👽 🤖",
	"👋 🤚 ✋ 👌 🤏 ✌️ 🤞 🤟 🤘 👈 👉 👆 👇 ☝️ 👍 👎 ✊ 👊 👏 🙌 👐 🤝 🙏 ✍️ 💪 👀 🧠 🫶 🤷 🤦 🙋 💁 🙇",
	"❤️ 🧡 💛 💚 💙 💜 🖤 🤍 🤎 💔 💕 💞 💖 💘 💯 💥 💫 💦 💨 🔥 ⭐ 🌟 ✨ 🎉 🎊 🎁 🎈 🏆 🥇",
	"🐶 🐱 🐭 🐰 🦊 🐻 🐼 🐨 🦁 🐮 🐷 🐸 🐵 🐔 🐧 🐦 🦆 🦉 🐴 🦄 🐝 🦋 🐢 🐙 🐬 🐳 🌵 🌲 🌳 🌴 🌱 🌿 🍀 🌸 🌹 🌻 🌞 🌙 ⛅ 🌧️ ⛈️ ❄️ ☃️ 🌈 🌊",
	"🍎 🍊 🍋 🍌 🍉 🍇 🍓 🍒 🍑 🥑 🍅 🥕 🌽 🥐 🍞 🧀 🥚 🍳 🥞 🍔 🍟 🍕 🌮 🥗 🍝 🍜 🍣 🍦 🍩 🍪 🎂 🍫 ☕ 🍵 🍺 🍷 🥂",
	"⚽ 🏀 🎾 🏐 🎯 🎮 🎲 🎸 🎹 🎺 🎨 🎬 🎤 🎧 🚗 🚲 🚆 ✈️ 🚀 ⛵ ⛴️ 🏠 🏔️ 🏖️ 🌍 🗺️ ⏰ 📱 💻 📷 💡 📚 📝 ✏️ 📌 📎 🔒 🔑 🔧 📦 ✉️ 📅 📈 ✅ ❌ ❓ ❗ ➡️ ⬅️ ⬆️ ⬇️ 🔁",
].map((group) => group.split(" "));

type Props = { opener: Element; onPick: (emoji: string) => void; onClose: () => void };

/** A grid with one tab stop; a pick stays open while Shift is held. */
export function EmojiPanel({ opener, onPick, onClose }: Props) {
	const t = useText();
	const ref = useRef<HTMLDivElement>(null);
	useLayoutEffect(() => {
		const layer = ref.current;
		if (!layer) return;
		layer.showPopover();
		placeLayer(layer, { element: opener });
		layer.querySelector("button")?.focus();
	}, [opener]);
	useEffect(() => {
		const handleOutside = (event: Event) => {
			const target = event.target as Node;
			if (!ref.current?.contains(target) && !opener.contains(target)) onClose();
		};
		addEventListener("pointerdown", handleOutside, true);
		return () => removeEventListener("pointerdown", handleOutside, true);
	}, [onClose, opener]);

	function handleKey(event: KeyboardEvent<HTMLElement>) {
		event.stopPropagation();
		if (event.key === "Escape" || event.key === "Tab") {
			event.preventDefault();
			onClose();
			if (opener instanceof HTMLElement) opener.focus();
			return;
		}
		const buttons = [...event.currentTarget.querySelectorAll("button")];
		const next = nextOf(event.key, buttons.indexOf(document.activeElement as HTMLButtonElement));
		if (next === null) return;
		event.preventDefault();
		buttons[Math.max(0, Math.min(next, buttons.length - 1))]?.focus();
	}

	return createPortal(
		<div ref={ref} popover="manual" className="layer">
			<div
				className="menu is-new emoji"
				role="dialog"
				aria-label={t("composer.emoji")}
				onKeyDown={handleKey}
			>
				{EMOJI.map((group) => (
					<div key={group[0]} className="emoji__group">
						{group.map((emoji) => (
							<button
								key={emoji}
								type="button"
								tabIndex={-1}
								onClick={(event) => {
									onPick(emoji);
									if (!event.shiftKey) onClose();
								}}
							>
								{emoji}
							</button>
						))}
					</div>
				))}
			</div>
		</div>,
		document.body,
	);
}

function nextOf(key: string, at: number): number | null {
	const forward = document.documentElement.dir === "rtl" ? -1 : 1;
	const steps: Record<string, number> = {
		ArrowRight: forward,
		ArrowLeft: -forward,
		ArrowDown: ROW,
		ArrowUp: -ROW,
	};
	const step = steps[key];
	return step === undefined ? null : at + step;
}
