/**
 * Lets the page open without a network: keeps the files of one build, and
 * nothing else. What people write and read lives in the page's own database.
 *
 * What must hold: it never answers for the API, the socket, the mail of
 * development or the documentation; and one build is never mixed with another.
 * A new build waits until the person asks for it or every tab is closed.
 *
 * `FILES` and `BUILD` are written in by the build (see `precache.ts`).
 */
const BUILD = "__BUILD__";
/** @type {string[]} */
const FILES = ["__FILES__"];
const PREFIX = "tidings-build-";
const CACHE = PREFIX + BUILD;
const PAGE = "/index.html";
/** Paths that are the server's, also when they are opened like a page. */
const SERVER = /^\/(v1|socket\.io|dev|docs|livez|readyz|metrics)(\/|$)/;

addEventListener("install", (event) => {
	// All of it or nothing: half a build would open and then break.
	event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(FILES.map(fresh))));
});

addEventListener("activate", (event) => {
	event.waitUntil(dropOldBuilds());
});

addEventListener("message", (event) => {
	if (event.data === "use-new-build") skipWaiting();
});

addEventListener("fetch", (event) => {
	const { request } = event;
	const { origin, pathname } = new URL(request.url);
	if (request.method !== "GET" || origin !== location.origin || SERVER.test(pathname)) return;
	if (request.mode === "navigate") event.respondWith(page(request));
	else if (pathname.startsWith("/assets/")) event.respondWith(part(request));
	else if (FILES.includes(pathname)) event.respondWith(kept(request));
});

/** Past the browser's own cache, but for names that carry a hash of their content. */
function fresh(path) {
	return new Request(path, { cache: path.startsWith("/assets/") ? "default" : "reload" });
}

async function page(request) {
	const cache = await caches.open(CACHE);
	return (await cache.match(PAGE)) ?? fetch(request);
}

async function kept(request) {
	const cache = await caches.open(CACHE);
	return (await cache.match(request)) ?? fetch(request);
}

/** A part of any build still kept: a tab of the build before may ask for its own. */
async function part(request) {
	const known = await caches.match(request);
	if (known) return known;
	const answer = await fetch(request);
	if (answer.ok) {
		const cache = await caches.open(CACHE);
		await cache.put(request, answer.clone());
	}
	return answer;
}

/** The build before stays for tabs that still run it; `keys` tells the oldest first. */
async function dropOldBuilds() {
	const builds = (await caches.keys()).filter((name) => name.startsWith(PREFIX));
	const old = builds.filter((name) => name !== CACHE).slice(0, -1);
	await Promise.all(old.map((name) => caches.delete(name)));
}
