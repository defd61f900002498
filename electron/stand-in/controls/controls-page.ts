import type { DialogView, MenuItemView, MenuPlace } from '../channel';
import type { Desktop } from '../desktop';

/** HTML text in which every value has been escaped. */
function html(parts: TemplateStringsArray, ...values: readonly (string | Raw)[]): Raw {
  const text = parts.map((part, index) => {
    const value = values[index];
    return part + (value === undefined ? '' : value instanceof Raw ? value.text : escape(value));
  });
  return new Raw(text.join(''));
}

class Raw {
  constructor(readonly text: string) {}
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

function join(parts: readonly Raw[]): Raw {
  return new Raw(parts.map(({ text }) => text).join(''));
}

const STYLE = `
:root { color-scheme: light dark; font: 14px/1.5 system-ui, sans-serif; }
body { margin: 16px; max-width: 40rem; }
h1 { font-size: 16px; } h2 { font-size: 14px; margin: 20px 0 4px; }
ul { padding-left: 16px; margin: 0; list-style: none; }
form { display: inline; } button, input { font: inherit; }
input[type=text] { width: 24rem; max-width: 100%; }
pre { white-space: pre-wrap; }
`;

/** A page that main opened and that a person opens by hand, because no window can. */
export interface WaitingPage {
  readonly name: string;
  readonly address: string;
}

/** The page that stands for the desktop's own surfaces: dialogs first, then tray, menus, notifications. No script. */
export function controlsPage(
  appName: string,
  desktop: Desktop,
  waiting: readonly WaitingPage[],
  nonce: string,
): string {
  const [dialog] = desktop.dialogs;
  // A page that reloads would lose what is being typed into a dialog.
  const reload = dialog === undefined ? html`<meta http-equiv="refresh" content="2" />` : html``;
  const notices = desktop.notifications.slice(-5).reverse();
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <title>${appName}: ${dialog === undefined ? 'tray and dialogs' : 'a dialog is waiting'}</title>
        ${reload}
        <style nonce="${nonce}">
          ${new Raw(STYLE)}
        </style>
      </head>
      <body>
        <h1>${appName}</h1>
        <p>No desktop tray or native dialog can be shown here, so they are on this page.</p>
        ${dialog === undefined ? html`` : dialogSection(dialog.view)}
        ${waiting.length === 0 ? html`` : html`<h2>Open in another tab</h2>`}
        <ul>
          ${join(waiting.map(({ name, address }) => html`<li><a href="${address}" target="_blank">${name}</a></li>`))}
        </ul>
        ${join(desktop.trays.map(({ tooltip, menu }) => menuSection(`Tray: ${tooltip}`, 'tray', menu?.view() ?? [])))}
        ${desktop.popup === null ? html`` : menuSection('Context menu', 'popup', desktop.popup.view())}
        ${desktop.applicationMenu === null ? html`` : menuSection('Menu', 'application', desktop.applicationMenu.view())}
        ${notices.length === 0 ? html`` : html`<h2>Notifications</h2>`}
        <ul>
          ${join(notices.map(({ view }) => html`<li><b>${view.title}</b> ${view.body}</li>`))}
        </ul>
      </body>
    </html>`;
  return page.text;
}

function dialogSection(view: DialogView): Raw {
  const title = html`<h2>${view.title}</h2>
    <p>${view.message}</p>
    ${view.detail === '' ? html`` : html`<pre>${view.detail}</pre>`}`;
  if (view.kind === 'open' || view.kind === 'save') {
    const hint = view.kind === 'open' ? 'Path of the file to open' : 'Path of the file to write';
    return html`<form method="post">
      ${title}
      <label>${hint}<br /><input type="text" name="path" value="${view.defaultPath}" autofocus /></label>
      <p>
        <button name="do" value="paths">${view.buttons[0] ?? 'OK'}</button>
        <button name="do" value="cancel">Cancel</button>
      </p>
    </form>`;
  }
  const box = html`<p>
    <label><input type="checkbox" name="checked" /> ${view.checkboxLabel}</label>
  </p>`;
  const buttons = view.buttons.map(
    (label) => html`<button name="button" value="${label}">${label}</button> `,
  );
  return html`<form method="post">
    ${title}${view.checkboxLabel === '' ? html`` : box}
    <input type="hidden" name="do" value="button" />${join(buttons)}
  </form>`;
}

function menuSection(title: string, place: MenuPlace, items: readonly MenuItemView[]): Raw {
  return html`<h2>${title}</h2>
    ${menuList(place, items, [])}`;
}

function menuList(place: MenuPlace, items: readonly MenuItemView[], above: readonly string[]): Raw {
  const rows = items
    .filter(({ visible }) => visible)
    .map((item) => {
      if (item.type === 'separator') return html`<li><hr /></li>`;
      const path = [...above, item.label];
      if (item.submenu.length > 0) return html`<li>${item.label}${menuList(place, item.submenu, path)}</li>`;
      const mark = item.checked ? '✓ ' : '';
      if (!item.enabled) return html`<li>${mark}${item.label}</li>`;
      return html`<li>
        <form method="post">
          <input type="hidden" name="do" value="menu" />
          <input type="hidden" name="place" value="${place}" /><input
            type="hidden"
            name="path"
            value="${JSON.stringify(path)}"
          />
          <button>${mark}${item.label}</button>
        </form>
      </li>`;
    });
  return html`<ul>
    ${join(rows)}
  </ul>`;
}
