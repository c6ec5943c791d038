import { type KeyboardEvent, useId } from "react";
import { useText } from "@/i18n/use-text";
import { moveChoice, Segmented, Switch } from "@/ui/choice";
import { type Look, setLook, useLook } from "@/ui/look";

const THEMES = [
	{ value: "system" },
	{ value: "light" },
	{ value: "dark" },
	{ value: "contrast" },
] as const;

export function AppearanceSection() {
	const t = useText();
	const look = useLook();
	return (
		<section id="appearance" aria-labelledby="appearance-title">
			<h2 id="appearance-title">{t("settings.appearance")}</h2>
			<Themes theme={look.theme} />
			<div className="rows set__more">
				<TextSize size={look.textSize} />
				<div className="stack">
					<div className="grow">
						<p>{t("settings.density")}</p>
					</div>
					<Segmented
						label={t("settings.density")}
						options={[
							{ value: "comfortable", label: t("settings.comfortable") },
							{ value: "compact", label: t("settings.compact") },
						]}
						value={look.density}
						onChange={(density) => setLook({ density })}
					/>
				</div>
				<div>
					<div className="grow">
						<p>{t("settings.motion")}</p>
						<p className="small t2">{t("settings.motionText")}</p>
					</div>
					<Switch
						label={t("settings.motion")}
						isOn={look.motion === "less"}
						onChange={(isOn) => setLook({ motion: isOn ? "less" : "system" })}
					/>
				</div>
			</div>
		</section>
	);
}

function Themes({ theme }: { theme: Look["theme"] }) {
	const t = useText();
	const choose = (next: Look["theme"]) => setLook({ theme: next });
	return (
		<div className="themes" role="radiogroup" aria-label={t("settings.theme")}>
			{THEMES.map(({ value }) => (
				// biome-ignore lint/a11y/useSemanticElements: a picture of the theme is the choice; the group's keys are ours.
				<button
					key={value}
					type="button"
					className="th"
					role="radio"
					aria-checked={value === theme}
					tabIndex={value === theme ? 0 : -1}
					onClick={() => choose(value)}
					onKeyDown={(event: KeyboardEvent<HTMLElement>) =>
						moveChoice<Look["theme"]>(event, THEMES, theme, choose)
					}
				>
					<span className={`th__p th-${value}`} aria-hidden="true">
						<b />
						<span>
							<i />
							<i />
						</span>
					</span>
					<span className="th__name">
						<span className="radio" data-on={value === theme || undefined} />
						{t(`settings.theme.${value}`)}
					</span>
				</button>
			))}
		</div>
	);
}

function TextSize({ size }: { size: number }) {
	const t = useText();
	const id = useId();
	return (
		<div className="stack">
			<div className="grow">
				<p>
					<label htmlFor={id}>{t("settings.textSize")}</label>
				</p>
			</div>
			<div className="size">
				<span className="small" aria-hidden="true">
					A
				</span>
				<input
					id={id}
					type="range"
					min={87}
					max={150}
					value={size}
					aria-valuetext={t("settings.percent", { value: size })}
					onChange={(event) => setLook({ textSize: Number(event.target.value) })}
				/>
				<span className="size__big" aria-hidden="true">
					A
				</span>
				<span className="small t2 num size__value">{t("settings.percent", { value: size })}</span>
			</div>
		</div>
	);
}
