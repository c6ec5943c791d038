import { CircleAlert, RefreshCw, WifiOff } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { countdown } from "@/i18n/format";
import { useText } from "@/i18n/use-text";
import { selectFailed } from "@/sync/selectors";
import { useActions, useSync } from "@/sync/use-sync";
import { announce } from "@/ui/announcer";
import { Banner } from "@/ui/banner";
import { Button } from "@/ui/button";
import { useSlow } from "@/ui/skeleton";

const PATIENCE_MS = 2000;

/**
 * Speaks of a missing network at once, for the device itself says so and the
 * connection was tried; of a lost connection once it has lasted two seconds;
 * else of what was refused.
 */
export function ConnectionBanner() {
	const status = useSync((state) => state.session.status);
	const isLost = useSlow(status === "reconnecting", PATIENCE_MS);
	useSayBack(status === "offline" || isLost, status === "live");
	if (status === "offline") return <OfflineBanner />;
	if (isLost) return <AgainBanner />;
	return <RefusedBanner />;
}

/** That a banner went is seen, not heard. */
function useSayBack(isTold: boolean, isLive: boolean) {
	const t = useText();
	const wasTold = useRef(false);
	useEffect(() => {
		if (isTold) wasTold.current = true;
		if (!isLive || !wasTold.current) return;
		wasTold.current = false;
		announce(t("connection.back"));
	}, [isTold, isLive, t]);
}

function useWaitingText(): string | null {
	const t = useText();
	// Of messages only: a change of one, or a reaction, shows at the message that it is kept.
	const waiting = useSync(
		(state) =>
			state.outbox.filter(({ kind, state }) => kind === "send" && state === "waiting").length,
	);
	return waiting > 0 ? t("connection.waiting", { count: waiting }) : null;
}

function OfflineBanner() {
	const t = useText();
	return (
		<Banner icon={WifiOff}>
			{t("connection.offline")} <span className="t2">{useWaitingText()}</span>
		</Banner>
	);
}

function AgainBanner() {
	const t = useText();
	const actions = useActions();
	const nextTryAt = useSync((state) => state.session.nextTryAt);
	const left = useSecondsTo(nextTryAt);
	const waiting = useWaitingText();
	const now = (
		<Button tone="ghost" size="s" onClick={() => actions.reconnectNow()}>
			{t("connection.now")}
		</Button>
	);
	return (
		<Banner tone="warn" icon={RefreshCw} action={now}>
			{/* Who listens is not told of every second. */}
			<span className={left > 0 ? "sr" : undefined}>{t("connection.again")}</span>
			{left > 0 && (
				<span className="num" aria-hidden="true">
					{t("connection.againIn", { time: countdown(left * 1000) })}
				</span>
			)}{" "}
			<span className="t2">{waiting}</span>
		</Banner>
	);
}

function useSecondsTo(at: number | null): number {
	const [now, setNow] = useState(() => Date.now());
	useEffect(() => {
		if (at === null) return;
		setNow(Date.now());
		const timer = setInterval(() => setNow(Date.now()), 1000);
		return () => clearInterval(timer);
	}, [at]);
	return at === null ? 0 : Math.max(0, Math.ceil((at - now) / 1000));
}

function RefusedBanner() {
	const t = useText();
	const actions = useActions();
	// A refused change says so at its own message.
	const failed = useSync(selectFailed).filter(({ kind }) => kind === "send").length;
	if (failed === 0) return null;
	const retry = (
		<Button tone="ghost" size="s" onClick={() => actions.retryAll()}>
			{t("connection.retryAll")}
		</Button>
	);
	return (
		<Banner tone="bad" icon={CircleAlert} action={retry}>
			{t("connection.failed", { count: failed })}
		</Banner>
	);
}
