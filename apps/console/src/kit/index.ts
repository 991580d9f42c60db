export { CopyCommand } from './command.tsx';
export { DangerDialog, Dialog } from './dialog.tsx';
export { Diff } from './diff.tsx';
export { Ago, Badge, FigureCard, Moment, type Tone, useNow } from './figures.tsx';
export { PageFrame, Section, Ticked, Unseen } from './frame.tsx';
export { Icon, type IconName } from './icons.tsx';
export { Asked, Boundary, EmptyState, ErrorPanel, Loading } from './states.tsx';
export { type Column, DataTable } from './table.tsx';
export { type Toast, Toasts, toast } from './toasts.tsx';
