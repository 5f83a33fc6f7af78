// Buttons that copy a field: <button data-copy="ID OF THE FIELD" hidden>. Without this script they stay hidden.
'use strict';
for (const button of document.querySelectorAll('[data-copy]')) {
  const field = document.getElementById(button.dataset.copy);
  const label = button.textContent;

  button.hidden = false;
  button.addEventListener('click', async () => {
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
      button.textContent = 'Copied';
    } catch {
      button.textContent = document.execCommand('copy') ? 'Copied' : 'Press Ctrl+C';
    }
    setTimeout(() => { button.textContent = label; }, 2500);
  });
}
