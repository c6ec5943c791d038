import { watched } from "./watched";

/** Keys of rows that are gone from sight, and may still be taken back. */
export const goneRows = watched<ReadonlySet<string>>(new Set());
