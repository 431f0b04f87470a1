interface Closable {
  close(): Promise<unknown>;
}

/** What an app has opened so far. */
export class Opened {
  private readonly kept: Closable[] = [];

  /** Waits for it and remembers to close it. */
  async keep<T extends Closable>(opening: Promise<T> | T): Promise<T> {
    const opened = await opening;
    this.kept.push(opened);
    return opened;
  }

  /** The last opened is closed first. */
  async close(): Promise<void> {
    for (const each of this.kept.splice(0).reverse()) await each.close();
  }
}

/** Opens an app's parts one after the other; when one fails, those before it are closed again and the error goes on. */
export async function openTogether<T extends object>(open: (opened: Opened) => Promise<T>): Promise<T & { close(): Promise<void> }> {
  const opened = new Opened();
  try {
    return { ...(await open(opened)), close: () => opened.close() };
  } catch (error) {
    await opened.close();
    throw error;
  }
}
