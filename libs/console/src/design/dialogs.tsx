import { Button, Drawer, type DrawerProps, Modal, type ModalProps } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useFocusBack } from './last-focus.js';

// Locking the page's scroll would write a style element, which the page's Content-Security-Policy refuses.
const OVERLAY = { lockScroll: false, transitionProps: { duration: 120 } } as const;

/** A question or a task that has to be finished first. */
export function Dialog(props: ModalProps) {
  const { t } = useTranslation();
  useFocusBack();
  return <Modal centered closeButtonProps={{ 'aria-label': t('close') }} {...OVERLAY} {...props} />;
}

/** A task beside what it is about. */
export function SidePanel(props: DrawerProps) {
  const { t } = useTranslation();
  useFocusBack();
  return <Drawer position="right" closeButtonProps={{ 'aria-label': t('close') }} {...OVERLAY} {...props} />;
}

interface FormFootProps {
  /** What is wrong with the whole rather than with a field. */
  problem: string | undefined;
  /** What submitting does. */
  submit: string;
  isBusy: boolean;
  /** What is submitted takes something away. */
  isDangerous?: boolean;
  isDisabled?: boolean;
  onCancel: () => void;
}

/** The end of a form in a dialog. */
export function FormFoot({
  problem,
  submit,
  isBusy,
  isDangerous = false,
  isDisabled = false,
  onCancel,
}: FormFootProps) {
  const { t } = useTranslation();
  return (
    <>
      {problem && (
        <p role="alert" className="alert">
          {problem}
        </p>
      )}
      <div className="buttons">
        <Button variant="default" onClick={onCancel}>
          {t('cancel')}
        </Button>
        <Button
          type="submit"
          loading={isBusy}
          disabled={isDisabled}
          {...(isDangerous && { color: 'red', 'data-danger': true })}
        >
          {submit}
        </Button>
      </div>
    </>
  );
}
