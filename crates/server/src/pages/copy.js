document.addEventListener("click", async (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.dataset.copy) {
    await navigator.clipboard.writeText(button.dataset.copy);
    const text = button.textContent;
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = text; }, 1200);
  }
  if (button.dataset.clear) {
    await fetch(button.dataset.clear, { method: "DELETE" });
    location.reload();
  }
});

const reveal = () => {
  const at = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (at instanceof HTMLDetailsElement) at.open = true;
};
addEventListener("hashchange", reveal);
reveal();
