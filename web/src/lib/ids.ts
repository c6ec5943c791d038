/**
 * Time-ordered ids (UUIDv7), for messages made here.
 *
 * Two made in the same millisecond keep their order: the twelve bits after
 * the time count on from a random start.
 */
let lastMs = 0;
let count = 0;

export function uuidv7(now: number = Date.now()): string {
	const bytes = crypto.getRandomValues(new Uint8Array(16));
	if (now > lastMs) {
		lastMs = now;
		count = ((at(bytes, 6) << 8) | at(bytes, 7)) & 0x7ff;
	} else if (count < 0xfff) {
		count++;
	} else {
		lastMs++;
		count = 0;
	}
	for (let i = 0; i < 6; i++) bytes[i] = Math.floor(lastMs / 2 ** (8 * (5 - i))) & 0xff;
	bytes[6] = 0x70 | (count >> 8);
	bytes[7] = count & 0xff;
	bytes[8] = 0x80 | (at(bytes, 8) & 0x3f);
	return format(bytes);
}

function at(bytes: Uint8Array, index: number): number {
	return bytes[index] ?? 0;
}

function format(bytes: Uint8Array): string {
	const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
	return [
		hex.slice(0, 8),
		hex.slice(8, 12),
		hex.slice(12, 16),
		hex.slice(16, 20),
		hex.slice(20),
	].join("-");
}
