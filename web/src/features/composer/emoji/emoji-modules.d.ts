/** Made by `emoji/plugin.ts` when the client is built. */
declare module "virtual:emoji/*" {
	export const text: string;
}
