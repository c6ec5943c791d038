import { translate } from "@/i18n/setup";
import { copyText } from "@/lib/copy";
import { announce } from "./announcer";
import { showToast } from "./toast";

/** Copies, and says so: aloud when it worked, for all to see when it did not. */
export async function copyOut(text: string): Promise<boolean> {
	const isCopied = await copyText(text);
	if (isCopied) announce(translate("app.copied"));
	else showToast(translate("app.notCopied"));
	return isCopied;
}
