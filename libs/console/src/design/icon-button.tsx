import type { ComponentProps } from 'react';

type Props = ComponentProps<'button'> & { label: string; pressed?: boolean };

/** A button that shows only a sign; its label is what assistive technology and the pointer get. */
export function IconButton({ label, pressed, className = '', ...rest }: Props) {
  return (
    <button
      type="button"
      title={label}
      aria-label={label}
      aria-pressed={pressed}
      className={`icon-button ${className}`}
      {...rest}
    />
  );
}
