// The appearance switch, without a round trip. The cookie is the one the server sets when there is no script.
const MEDIA = { auto: "(prefers-color-scheme: dark)", light: "not all", dark: "all" };
const YEAR = 365 * 24 * 3600;

export function watchTheme() {
  document.addEventListener("submit", (event) => {
    const chosen = event.submitter?.value;
    if (!event.target.matches("[data-theme-switch]") || !(chosen in MEDIA)) return;
    event.preventDefault();
    const page = document.documentElement;
    if (chosen === "auto") delete page.dataset.theme;
    else page.dataset.theme = chosen;
    document.getElementById("dark").media = MEDIA[chosen];
    event.target.querySelectorAll("button").forEach((button) => {
      button.setAttribute("aria-pressed", String(button === event.submitter));
    });
    const secure = location.protocol === "https:" ? "; Secure" : "";
    document.cookie = `linekey_theme=${chosen}; Path=/; Max-Age=${YEAR}; SameSite=Lax${secure}`;
  });
}
