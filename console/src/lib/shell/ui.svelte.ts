/** Which of the shell's dialogs is open. */
class Ui {
  palette = $state(false);
  help = $state(false);
  requests = $state(false);
}

export const ui = new Ui();
