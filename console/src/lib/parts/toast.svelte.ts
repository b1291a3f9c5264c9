/** Short messages at the edge. They are also spoken, and stay long enough to be read. */
export interface Message {
  id: number;
  text: string;
  tone: 'good' | 'bad';
}

class Toast {
  list = $state.raw<Message[]>([]);
  #next = 1;

  say(text: string) {
    this.#add(text, 'good', 4000);
  }

  warn(text: string) {
    this.#add(text, 'bad', 8000);
  }

  drop(id: number) {
    this.list = this.list.filter((one) => one.id !== id);
  }

  #add(text: string, tone: Message['tone'], ms: number) {
    const id = this.#next++;
    this.list = [...this.list, { id, text, tone }].slice(-3);
    setTimeout(() => this.drop(id), ms);
  }
}

export const toast = new Toast();
