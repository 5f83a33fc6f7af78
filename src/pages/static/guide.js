// A button on each example that copies it. Without this script there is none.
'use strict';
for (const example of document.querySelectorAll('.guide pre')) {
  const button = document.createElement('button'), box = document.createElement('div');

  button.type = 'button';
  button.className = 'small example-copy';
  button.textContent = 'Copy';
  box.className = 'example';
  example.replaceWith(box);
  box.append(example, button);
  button.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(example.textContent);
      button.textContent = 'Copied';
    } catch {
      getSelection().selectAllChildren(example);
      button.textContent = 'Press Ctrl+C';
    }
    setTimeout(() => { button.textContent = 'Copy'; }, 2500);
  });
}
