// Sets light or dark before the first paint; a plain script, since modules run late.
(() => {
  const kept = localStorage.getItem("theme");
  if (kept) document.documentElement.dataset.theme = kept;
})();
