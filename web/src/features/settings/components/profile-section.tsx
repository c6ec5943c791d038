import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useApi } from "@/api/use-api";
import type { Account } from "@/api/wire.gen";
import { problemField, problemText } from "@/i18n/problem-text";
import { useText } from "@/i18n/use-text";
import { useActions, useSync } from "@/sync/use-sync";
import { announce } from "@/ui/announcer";
import { Avatar } from "@/ui/avatar";
import { Button } from "@/ui/button";
import { Field } from "@/ui/field";
import { saveProfile } from "../api";

const MOST_BIO = 200;

export function ProfileSection() {
	const t = useText();
	const me = useSync((state) => state.me);
	return (
		<section id="profile" aria-labelledby="profile-title">
			<h2 id="profile-title">{t("settings.profile")}</h2>
			<p>{t("settings.profileText")}</p>
			{me && <ProfileForm key={me.id} me={me} />}
		</section>
	);
}

/** What was changed against the account, and the saving of just that. */
function useProfile(me: Account) {
	const t = useText();
	const api = useApi();
	const actions = useActions();
	const [name, setName] = useState(me.name);
	const [username, setUsername] = useState(me.username ?? "");
	const [bio, setBio] = useState(me.bio);
	const patch = {
		...(name.trim() !== me.name ? { name: name.trim() } : {}),
		...(username !== (me.username ?? "") ? { username } : {}),
		...(bio !== me.bio ? { bio } : {}),
	};
	const isChanged = Object.keys(patch).length > 0 && name.trim() !== "";
	const save = useMutation({
		mutationFn: () => saveProfile(api, patch),
		onSuccess: ({ account }) => {
			actions.accountChanged(account);
			announce(t("app.saved"));
		},
	});
	const errorOf = (field: string) =>
		problemField(save.error) === field ? problemText(save.error, t) : undefined;
	const isElsewhere =
		save.error !== null && !["name", "username", "bio"].includes(problemField(save.error) ?? "");

	function handleSubmit(event: FormEvent) {
		event.preventDefault();
		if (isChanged && !save.isPending) save.mutate();
	}
	return {
		name,
		setName,
		username,
		setUsername,
		bio,
		setBio,
		isChanged,
		isElsewhere,
		save,
		errorOf,
		handleSubmit,
	};
}

function ProfileForm({ me }: { me: Account }) {
	const t = useText();
	const { name, username, bio, isChanged, isElsewhere, save, errorOf, ...rest } = useProfile(me);
	return (
		<form className="profile" onSubmit={rest.handleSubmit} noValidate>
			<Who me={me} draftName={name} />
			<Field
				label={t("settings.name")}
				autoComplete="name"
				maxLength={64}
				value={name}
				error={errorOf("name")}
				onChange={(event) => rest.setName(event.target.value)}
			/>
			<Field
				label={t("settings.username")}
				prefix="@"
				autoComplete="off"
				autoCapitalize="none"
				spellCheck={false}
				dir="ltr"
				value={username}
				error={errorOf("username")}
				hint={t("auth.signUp.usernameHint")}
				onChange={(event) => rest.setUsername(event.target.value.trim())}
			/>
			<Field
				label={t("settings.bio")}
				maxLength={MOST_BIO}
				value={bio}
				error={errorOf("bio")}
				hint={t("settings.bioHint", { count: MOST_BIO - bio.length })}
				onChange={(event) => rest.setBio(event.target.value)}
			/>
			{isElsewhere && (
				<p className="bad small" role="alert">
					{problemText(save.error, t)}
				</p>
			)}
			<div>
				<Button type="submit" tone="primary" isBusy={save.isPending} disabled={!isChanged}>
					{save.isSuccess && !isChanged ? t("app.saved") : t("app.save")}
				</Button>
			</div>
		</form>
	);
}

/** The account as it is saved; only the initials follow what is typed. */
function Who({ me, draftName }: { me: Account; draftName: string }) {
	return (
		<div className="row profile__who">
			<Avatar id={me.id} name={draftName || me.name} photo={me.photo} size={88} />
			<div className="grow">
				<p className="med clip" dir="auto">
					{me.name}
				</p>
				<p className="small t2 clip" dir="ltr">
					{me.email}
				</p>
			</div>
		</div>
	);
}
