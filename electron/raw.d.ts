/** Vite's way to have a file's text: `import text from './file?raw'`. */
declare module '*?raw' {
  const text: string;
  export default text;
}
