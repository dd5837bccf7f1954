/** Returns the items of all pages, in their order. */
export async function everyPage<Page extends { next: string | null }, Item>(
  read: (after: { after?: string }) => Promise<Page>,
  itemsOf: (page: Page) => Item[],
): Promise<Item[]> {
  const items: Item[] = [];
  let after: string | null = null;
  do {
    const page: Page = await read(after === null ? {} : { after });
    items.push(...itemsOf(page));
    after = page.next;
  } while (after !== null);
  return items;
}
