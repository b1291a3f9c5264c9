/** A fresh proof of who is asking: one dialog, whoever waits for it. `shell/StepUp.svelte` shows it. */
class Proof {
  asked = $state(false);
  #waiting: ((given: boolean) => void)[] = [];

  /** Whether it was given. */
  ask(): Promise<boolean> {
    this.asked = true;
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  end(given: boolean) {
    this.asked = false;
    for (const resolve of this.#waiting.splice(0)) resolve(given);
  }
}

export const proof = new Proof();
