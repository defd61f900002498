import './zod-without-eval';
import '@mantine/core/styles.layer.css';
import '@mantine/notifications/styles.layer.css';
import './styles/tokens.css';
import './styles/base.css';
import './styles/mantine.css';
import { setNonce } from 'get-nonce';
import { createRoot } from 'react-dom/client';
import { connectBridge, preloadApi } from './bridge';
import { start } from './start';

const element = document.getElementById('root');
if (element === null) throw new Error('index.html has no element "root"');
const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? '';
setNonce(nonce);

const api = preloadApi();
void start(createRoot(element), api === null ? null : connectBridge(api), nonce);
