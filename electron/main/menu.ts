/** The application menu: what every desktop program has, and nothing that opens the web side up. */
import { Menu, type MenuItemConstructorOptions } from 'electron';

export function setApplicationMenu(quit: () => void): void {
  const edit: MenuItemConstructorOptions = {
    label: 'Edit',
    submenu: [
      { role: 'undo' },
      { role: 'redo' },
      { type: 'separator' },
      { role: 'cut' },
      { role: 'copy' },
      { role: 'paste' },
      { role: 'selectAll' },
    ],
  };
  const view: MenuItemConstructorOptions = {
    label: 'View',
    submenu: [{ role: 'resetZoom' }, { role: 'zoomIn' }, { role: 'zoomOut' }, { role: 'togglefullscreen' }],
  };
  const file: MenuItemConstructorOptions = {
    label: process.platform === 'darwin' ? 'Sallyport' : 'File',
    submenu: [
      { role: 'close', label: 'Close window' },
      { label: 'Quit Sallyport', accelerator: 'CmdOrCtrl+Q', click: quit },
    ],
  };
  Menu.setApplicationMenu(Menu.buildFromTemplate([file, edit, view]));
}
