import { useEffect, useRef, useState } from "react";
import { fetchPage } from "@/api/chats";
import { useApi } from "@/api/use-api";
import type { Message } from "@/api/wire.gen";
import type { ChatEntry } from "@/sync/types";
import { useSync } from "@/sync/use-sync";
import { findDay } from "./find-day";

const ROWS_AROUND = 50;

/** Looks for a day in the chat; of two that are asked for, the later one counts. */
export function useFindDay(chat: ChatEntry, onFound: (message: Message, day: number) => void) {
	const api = useApi();
	const held = useSync((state) => state.timelines.get(chat.id)?.bySeq ?? null);
	const [busy, setBusy] = useState<number | null>(null);
	const [problem, setProblem] = useState<unknown>(null);
	const wanted = useRef<number | null>(null);
	useEffect(
		() => () => {
			wanted.current = null;
		},
		[],
	);

	async function find(day: number) {
		wanted.current = day;
		setBusy(day);
		setProblem(null);
		const stretch = {
			firstSeq: Math.max(1, chat.first_seq),
			firstAt: chat.created_at,
			lastSeq: chat.seq,
			lastAt: chat.last_at,
		};
		try {
			const found = await findDay(day, stretch, held?.values() ?? [], async (seq) => {
				return (await fetchPage(api, chat.id, { around: seq }, ROWS_AROUND)).messages;
			});
			if (wanted.current !== day) return;
			if (found !== null) onFound(found, day);
		} catch (error) {
			if (wanted.current === day) setProblem(error);
		}
		setBusy(null);
	}

	return { find: (day: number) => void find(day), busy, problem };
}
