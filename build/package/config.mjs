/**
 * What a package of the app holds. All npm packages but keytar are in dist already; the helpers are programs, so they lie
 * beside the archive, not in it.
 * @type {import('electron-builder').Configuration}
 */
export default {
  appId: 'org.sallyport.Sallyport',
  productName: 'Sallyport',
  directories: { output: 'packages', buildResources: 'build/icons' },
  files: [
    ...['package.json', 'dist/**', '!dist/stand-in.cjs', '!node_modules/**'],
    ...[
      'node_modules/keytar/{package.json,LICENSE.md,lib/**}',
      'node_modules/keytar/prebuilds/${platform}-${arch}/**',
    ],
  ],
  extraResources: [{ from: 'build/icons', to: 'icons', filter: ['*.png'] }],
  afterPack: './build/package/place-helpers.mjs',
  npmRebuild: false,
  protocols: [{ name: 'Sallyport', schemes: ['sallyport'] }],
  linux: {
    executableName: 'sallyport',
    category: 'Network',
    icon: 'icon.png',
    target: ['deb', 'rpm', 'tar.gz'],
  },
  mac: { category: 'public.app-category.developer-tools', icon: 'icon.png', target: ['dmg', 'zip'] },
  win: { icon: 'icon.png', target: ['nsis'] },
};
