/**
 * Rows that do not move under the pointer. What is shown changes in place; what would push rows about (new rows, rows that fit a filter no
 * more) waits until nobody is busy with the list.
 */
export class Steady<Row extends { id: string }> {
  shown = $state.raw<Row[]>();
  /** How many new rows wait. */
  waiting = $state(0);
  #fresh: readonly Row[] | undefined;
  #of: unknown;

  /** What the server says now. `of` names the list: another one is shown at once. */
  take(rows: readonly Row[] | undefined, of: unknown, busy: boolean) {
    this.#fresh = rows;
    if (!rows) {
      if (of !== this.#of) [this.shown, this.waiting] = [undefined, 0];
    } else if (!busy || of !== this.#of || !this.shown?.length) {
      this.settle();
    } else {
      const known = new Map(rows.map((row) => [row.id, row]));
      const before = this.shown;
      this.shown = before.map((row) => known.get(row.id) ?? row);
      this.waiting = rows.filter((row) => !before.some((one) => one.id === row.id)).length;
    }
    this.#of = of;
  }

  /** Shows what the server says. */
  settle() {
    if (this.#fresh) this.shown = [...this.#fresh];
    this.waiting = 0;
  }

  /** Changes a row in place. */
  patch(id: string, change: Partial<Row>) {
    this.shown = this.shown?.map((row) => (row.id === id ? { ...row, ...change } : row));
  }
}
