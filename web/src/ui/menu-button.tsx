import type { LucideIcon } from "lucide-react";
import { useState } from "react";
import { IconButton } from "./button";
import { Menu, type MenuItem } from "./menu";

type Props = {
	label: string;
	icon: LucideIcon;
	size?: "s" | "m";
	className?: string;
	/** Asked when the menu opens, so that it shows the moment's truth. */
	itemsOf: () => (MenuItem | "line")[];
};

/** A button that opens a menu under itself. */
export function MenuButton({ label, icon, size, className, itemsOf }: Props) {
	const [open, setOpen] = useState<{ element: Element } | null>(null);
	return (
		<>
			<IconButton
				label={label}
				icon={icon}
				size={size}
				className={className}
				aria-haspopup="menu"
				aria-expanded={open !== null}
				onClick={(event) => setOpen(open ? null : { element: event.currentTarget })}
			/>
			{open && <Menu label={label} items={itemsOf()} anchor={open} onClose={() => setOpen(null)} />}
		</>
	);
}
