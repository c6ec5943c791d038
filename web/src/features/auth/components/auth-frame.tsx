import { Globe } from "lucide-react";
import { type ReactNode, useEffect, useRef } from "react";
import { isLanguage, LANGUAGES } from "@/i18n/languages";
import { currentLanguage } from "@/i18n/setup";
import { useText } from "@/i18n/use-text";
import { Icon } from "@/ui/icon";
import { setLook } from "@/ui/look";
import { Mark } from "@/ui/mark";
import { Tick } from "@/ui/tick";

/** The signed-out pages: the form at the start, the tern at the end. */
export function AuthFrame({ children, foot }: { children: ReactNode; foot: ReactNode }) {
	const t = useText();
	const main = useRef<HTMLElement>(null);
	// One comes here to fill something in: the first empty field, or the first one, is ready for it.
	useEffect(() => {
		const fields = [...(main.current?.querySelectorAll("input") ?? [])];
		(fields.find((field) => field.value === "") ?? fields[0])?.focus();
	}, []);
	return (
		<div className="auth">
			<main ref={main} className="auth__main">
				<header className="auth__brand">
					<Mark size={28} className="acc" />
					<span>{t("app.name")}</span>
				</header>
				{children}
				<footer className="auth__foot small t2">
					<span>{foot}</span>
					<LanguageChoice />
				</footer>
			</main>
			<aside className="auth__side" aria-hidden="true">
				<Mark className="auth__art" />
				<Overheard />
			</aside>
		</div>
	);
}

function LanguageChoice() {
	const t = useText();
	function choose(language: string) {
		if (isLanguage(language)) setLook({ language });
	}
	return (
		<label className="auth__lang row">
			<Icon of={Globe} size="s" />
			<span className="sr">{t("auth.language")}</span>
			<select value={currentLanguage()} onChange={(event) => choose(event.target.value)}>
				{Object.entries(LANGUAGES).map(([tag, name]) => (
					<option key={tag} value={tag} lang={tag}>
						{name}
					</option>
				))}
			</select>
		</label>
	);
}

/** Three bubbles, as decoration. */
function Overheard() {
	const t = useText();
	return (
		<div className="auth__say">
			<div className="msg is-first is-last">
				<div className="msg__col">
					<div className="bubble">
						<p>{t("auth.art.one")}</p>
						<span className="bubble__end">18:40</span>
					</div>
				</div>
			</div>
			<div className="msg msg--own is-first is-last">
				<div className="msg__col">
					<div className="bubble">
						<p>{t("auth.art.two")} 🚲</p>
						<span className="bubble__end">
							18:41 <Tick state="read" />
						</span>
					</div>
				</div>
			</div>
		</div>
	);
}

/** A page that is one of two steps says which. */
export function StepHead({ step, title }: { step: number; title: string }) {
	const t = useText();
	return (
		<div className="auth__head">
			<p className="small t2 num">{t("auth.step", { step })}</p>
			<h1>{title}</h1>
		</div>
	);
}
