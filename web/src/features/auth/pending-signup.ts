/** The sign-up that waits for its code; kept for the tab so that a reload loses nothing. */
export type PendingSignup = {
	signup: string;
	email: string;
	expiresAt: number;
	sentAt: number;
};

const KEY = "tidings.signup";

export function keepSignup(pending: PendingSignup): void {
	sessionStorage.setItem(KEY, JSON.stringify(pending));
}

export function keptSignup(): PendingSignup | null {
	try {
		return JSON.parse(sessionStorage.getItem(KEY) ?? "null") as PendingSignup | null;
	} catch {
		return null;
	}
}

export function forgetSignup(): void {
	sessionStorage.removeItem(KEY);
}
