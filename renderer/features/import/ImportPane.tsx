import { Button, Textarea } from '@mantine/core';
import { IconFileImport, IconTerminal2 } from '@tabler/icons-react';
import { useRef, useState, type ClipboardEvent } from 'react';
import { ProblemPanel } from '../../components/ProblemPanel';
import { useFocusWhenLost } from '../../components/use-focus-when-lost';
import { useApp } from '../../stores/app';
import { useShortcuts } from '../../stores/use-shortcuts';
import type { Problem } from '../../../shared/contract/result';
import { WayIn } from '../welcome/WayIn';
import { pastedPicture } from './pasted-picture';
import classes from './Import.module.css';

/** Where an import comes from. Whatever is chosen is shown for review before anything is saved. */
export function ImportPane() {
  const { navigation, actions } = useApp();
  const [text, setText] = useState('');
  const [problem, setProblem] = useState<Problem | null>(null);
  const title = useRef<HTMLHeadingElement>(null);
  useFocusWhenLost(title);
  useShortcuts({ Escape: () => navigation.leave() });
  const paste = (event: ClipboardEvent) => {
    const picture = pastedPicture(event.clipboardData.files);
    if (picture === null) return;
    event.preventDefault();
    setProblem(null);
    void picture.then(actions.importPicture).then(setProblem);
  };
  const read = async () => setProblem(text.trim() === '' ? EMPTY : await actions.importText(text));
  return (
    <article className={classes.pane} aria-label="Import">
      <h1 ref={title} tabIndex={-1}>
        Import
      </h1>
      <ul className={classes.ways}>
        <WayIn
          icon={<IconTerminal2 size={20} aria-hidden="true" />}
          name="From ~/.ssh/config"
          what="A profile for each host in it, with what it includes"
          onChoose={() => void actions.importSshConfig()}
        />
        <WayIn
          icon={<IconFileImport size={20} aria-hidden="true" />}
          name="From a file…"
          what="knockd.conf, .fwknoprc, an ssh_config, an export, or a QR code as PNG"
          onChoose={() => void actions.importFile()}
        />
      </ul>
      <form
        className={classes.paste}
        aria-label="Paste a profile"
        onSubmit={(event) => {
          event.preventDefault();
          void read();
        }}
      >
        <Textarea
          label="Paste a profile"
          description="A link that begins with sallyport://profile/, a screenshot of its QR code, or the text of such a file"
          rows={4}
          spellCheck={false}
          autoComplete="off"
          value={text}
          onPaste={paste}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        {problem !== null && <ProblemPanel problem={problem} />}
        <div className={classes.buttons}>
          <Button type="submit" variant="default">
            Review
          </Button>
          <Button variant="subtle" onClick={() => navigation.leave()}>
            Cancel
          </Button>
        </div>
      </form>
    </article>
  );
}

const EMPTY: Problem = {
  code: 'bad-input',
  message: 'There is nothing to read yet.',
  hint: 'Paste a profile link or the text of a file.',
};
