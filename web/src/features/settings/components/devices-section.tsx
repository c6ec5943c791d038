import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Laptop, LogOut, Smartphone, Terminal } from "lucide-react";
import { useState } from "react";
import { useApi } from "@/api/use-api";
import type { Login } from "@/api/wire.gen";
import { agoOf } from "@/i18n/format";
import { problemText } from "@/i18n/problem-text";
import { useText } from "@/i18n/use-text";
import { useActions } from "@/sync/use-sync";
import { announce } from "@/ui/announcer";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { Icon } from "@/ui/icon";
import { SkeletonRows } from "@/ui/skeleton";
import { showToast } from "@/ui/toast";
import { useNow } from "@/ui/use-now";
import { endLogin, listLogins } from "../api";

export function DevicesSection() {
	const t = useText();
	const api = useApi();
	const logins = useQuery({
		queryKey: ["logins"],
		queryFn: ({ signal }) => listLogins(api, signal),
	});
	const [asking, setAsking] = useState<"here" | "all" | null>(null);
	const ordered = [...(logins.data?.logins ?? [])].sort(
		(a, b) => Number(b.current) - Number(a.current) || b.last_used_at - a.last_used_at,
	);
	return (
		<section id="devices" aria-labelledby="devices-title">
			<h2 id="devices-title">{t("settings.devices")}</h2>
			<p>{t("settings.devicesText")}</p>
			{logins.isPending && <SkeletonRows label={t("app.loading")} />}
			{logins.isError && (
				<p className="small bad" role="alert">
					{problemText(logins.error, t)}
				</p>
			)}
			<div className="rows">
				{ordered.map((login) => (
					<Device key={login.id} login={login} />
				))}
			</div>
			<div className="row set__act">
				<Button icon={LogOut} isIconFlipped onClick={() => setAsking("here")}>
					{t("settings.signOut")}
				</Button>
				<Button tone="danger-line" icon={LogOut} isIconFlipped onClick={() => setAsking("all")}>
					{t("settings.signOutAll")}
				</Button>
			</div>
			{asking && <SignOutDialog isAll={asking === "all"} onClose={() => setAsking(null)} />}
		</section>
	);
}

function pictureOf(device: string) {
	if (/android|iphone|ipad|mobile/i.test(device)) return Smartphone;
	return /curl|api|bot|client|python|node/i.test(device) ? Terminal : Laptop;
}

function Device({ login }: { login: Login }) {
	const t = useText();
	const api = useApi();
	const queries = useQueryClient();
	const now = useNow();
	const end = useMutation({
		mutationFn: () => endLogin(api, login.id),
		onSuccess: () => announce(t("settings.deviceGone", { device: login.device })),
		onError: (error) => showToast(problemText(error, t)),
		onSettled: () => queries.invalidateQueries({ queryKey: ["logins"] }),
	});
	const used = login.current ? t("settings.activeNow") : agoOf(login.last_used_at, now);
	return (
		<div>
			<Icon of={pictureOf(login.device)} />
			<div className="grow">
				<p>
					<bdi>{login.device}</bdi>
					{login.current && (
						<span className="tag tag--ok set__tag">{t("settings.thisDevice")}</span>
					)}
				</p>
				<p className="small t2 num">
					{login.network && <bdi dir="ltr">{login.network}</bdi>}
					{login.network && " · "}
					{used}
				</p>
			</div>
			{!login.current && (
				<Button
					tone="ghost"
					size="s"
					isBusy={end.isPending}
					aria-label={t("settings.signOutDeviceNamed", { device: login.device })}
					onClick={() => end.mutate()}
				>
					{t("settings.signOutDevice")}
				</Button>
			)}
		</div>
	);
}

function SignOutDialog({ isAll, onClose }: { isAll: boolean; onClose: () => void }) {
	const t = useText();
	const actions = useActions();
	const leave = useMutation({
		mutationFn: () => (isAll ? actions.signOutEverywhere() : actions.signOut()),
		onError: (error) => showToast(problemText(error, t)),
	});
	return (
		<Dialog
			title={t(isAll ? "settings.signOutAllTitle" : "settings.signOutTitle")}
			onClose={onClose}
		>
			<p className="t2 small-plus">
				{t(isAll ? "settings.signOutAllText" : "settings.signOutText")}
			</p>
			<DialogActions>
				<Button tone="ghost" onClick={onClose}>
					{t("settings.stay")}
				</Button>
				<Button tone="danger" isBusy={leave.isPending} onClick={() => leave.mutate()}>
					{t(isAll ? "settings.signOutAll" : "settings.signOut")}
				</Button>
			</DialogActions>
		</Dialog>
	);
}
