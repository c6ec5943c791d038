import { Bell, Pin, Search, Trash2, UserPlus, WifiOff } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { Message } from "@/api/wire.gen";
import { HitWords } from "@/features/search/components/hit-words";
import { HitsEnd } from "@/features/search/components/hits-end";
import { SearchNote } from "@/features/search/components/search-note";
import { Avatar } from "@/ui/avatar";
import { Badge } from "@/ui/badge";
import { Banner } from "@/ui/banner";
import { Button, IconButton } from "@/ui/button";
import { Segmented, Switch } from "@/ui/choice";
import { Dialog, DialogActions } from "@/ui/dialog";
import { Empty } from "@/ui/empty";
import { Field, PasswordField } from "@/ui/field";
import { type Look, setLook, useLook } from "@/ui/look";
import { Mark } from "@/ui/mark";
import { MenuButton } from "@/ui/menu-button";
import { OtpField } from "@/ui/otp-field";
import { Tick, type TickState } from "@/ui/tick";
import { showToast } from "@/ui/toast";

const TICKS: TickState[] = ["sending", "sent", "delivered", "read", "failed"];
const HUES = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"];
const HITS = ["The ferry leaves at seven", "العبّارة ferry تغادر", "渡船 ferry 七時"].map(
	(body, seq): Message => ({
		attachments: [],
		body,
		chat: "chat",
		client_id: null,
		created_at: Date.UTC(2026, 10, 21, 7, 40),
		deleted_at: null,
		edited_at: null,
		kind: "text",
		n: seq,
		reactions: [],
		reply_to_seq: null,
		rev: seq,
		sender: "ana",
		seq,
	}),
);
const THEMES = [
	{ value: "system", label: "System" },
	{ value: "light", label: "Light" },
	{ value: "dark", label: "Dark" },
	{ value: "contrast", label: "High contrast" },
] as const;

/** Every part in its states, to look at while building. Only in development, so its words are not translated. */
export function Catalogue() {
	const { theme } = useLook();
	return (
		<main className="scroll catalogue">
			<div className="page">
				<h1>Parts</h1>
				<Segmented<Look["theme"]>
					label="Theme"
					options={THEMES}
					value={theme}
					onChange={(next) => setLook({ theme: next })}
				/>
				<Buttons />
				<Fields />
				<AvatarsAndBadges />
				<Cell name="Ticks">
					{TICKS.map((state) => (
						<span key={state} className="row">
							<Tick state={state} label={state} /> {state}
						</span>
					))}
				</Cell>
				<Banners />
				<Floating />
				<SearchStates />
				<Cell name="Empty">
					<Empty
						title="Nobody here but you, so far"
						art={<Mark size={40} className="empty__art" />}
					>
						<p>Find someone on this server.</p>
					</Empty>
				</Cell>
			</div>
		</main>
	);
}

function Cell({ name, children }: { name: string; children: ReactNode }) {
	return (
		<section className="sect" aria-label={name}>
			<h2 className="sect__h">{name}</h2>
			<div className="row catalogue__row">{children}</div>
		</section>
	);
}

function AvatarsAndBadges() {
	return (
		<Cell name="Avatars and badges">
			{HUES.map((hue) => (
				<Avatar key={hue} id={hue} name={hue} size={32} />
			))}
			<Avatar id="online" name="Ana Sofía" isOnline />
			<Avatar id="group" name="Kammerchor Nord" isGroup size={48} />
			<Badge count={3} label="3 unread" />
			<Badge count={1200} label="1200 unread" />
			<Badge count={48} label="48 unread" isQuiet />
		</Cell>
	);
}

function Banners() {
	return (
		<Cell name="Banners">
			<Banner icon={WifiOff}>You are offline</Banner>
			<Banner icon={Bell} tone="warn" action={<Button size="s">Now</Button>}>
				Connecting again
			</Banner>
			<Banner icon={Bell} tone="bad">
				3 messages were not sent
			</Banner>
		</Cell>
	);
}

function Buttons() {
	const [isOn, setOn] = useState(true);
	return (
		<Cell name="Buttons">
			<Button tone="primary">Accept</Button>
			<Button tone="primary" isBusy>
				Sending
			</Button>
			<Button disabled>Disabled</Button>
			<Button icon={UserPlus}>Add friend</Button>
			<Button tone="ghost">Cancel</Button>
			<Button tone="danger">Delete</Button>
			<Button tone="danger-line" size="s">
				Sign out
			</Button>
			<IconButton label="Search" icon={Search} keys="Ctrl F" />
			<Switch label="Switch" isOn={isOn} onChange={setOn} />
		</Cell>
	);
}

function Fields() {
	const [code, setCode] = useState("407");
	return (
		<Cell name="Fields">
			<Field label="Name" placeholder="What do others call you?" hint="Seen by friends." />
			<Field label="Username" prefix="@" defaultValue="noor haddad" error="No spaces." />
			<PasswordField label="Password" showLabel="Show" hideLabel="Hide" defaultValue="tern" />
			<OtpField label="Code" value={code} onChange={setCode} onComplete={() => undefined} />
		</Cell>
	);
}

const NOTHING = { words: "ferry", hits: [], hasMore: false, error: null, retry: () => undefined };
const SEARCHES = ["idle", "short", "busy", "offline", "failed", "done"] as const;

function SearchStates() {
	const end = { ...NOTHING, status: "done", hasMoreFailed: false, more: () => undefined } as const;
	return (
		<section className="sect" aria-label="Search">
			<h2 className="sect__h">Search</h2>
			<div className="everywhere search-pane">
				<ul className="hits">
					{HITS.map((message) => (
						<li key={message.seq} className="lrow hit">
							<HitWords message={message} name="Ana Sofía" words="ferry" now={message.created_at} />
						</li>
					))}
				</ul>
				{SEARCHES.map((status) => (
					<SearchNote key={status} search={{ ...NOTHING, status }} />
				))}
				<HitsEnd search={{ ...end, isBehind: true }} />
				<HitsEnd search={{ ...end, isBehind: false, hasMore: true }} />
				<HitsEnd search={{ ...end, isBehind: false, hasMoreFailed: true }} />
			</div>
		</section>
	);
}

function Floating() {
	const [isOpen, setOpen] = useState(false);
	const undo = { label: "Undo", onPress: () => undefined };
	return (
		<Cell name="Floating">
			<MenuButton
				label="Menu"
				icon={Pin}
				itemsOf={() => [
					{ id: "pin", label: "Pin", icon: Pin, letter: "p", onSelect: () => undefined },
					"line",
					{ id: "delete", label: "Delete", icon: Trash2, isBad: true, onSelect: () => undefined },
				]}
			/>
			<Button onClick={() => setOpen(true)}>Dialog</Button>
			<Button onClick={() => showToast("Chat archived", undo)}>Toast</Button>
			{isOpen && (
				<Dialog title="Leave Kammerchor Nord?" onClose={() => setOpen(false)}>
					<p className="t2 small-plus">You stop receiving messages. What you wrote stays.</p>
					<DialogActions>
						<Button tone="ghost" onClick={() => setOpen(false)}>
							Stay
						</Button>
						<Button tone="danger" onClick={() => setOpen(false)}>
							Leave group
						</Button>
					</DialogActions>
				</Dialog>
			)}
		</Cell>
	);
}
