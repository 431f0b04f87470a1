import type { Locale } from '@assent/pages';
import { ar } from './ar.js';
import { en, type Texts } from './en.js';
import { ptBR } from './pt-BR.js';

export type { Texts };

const all: Readonly<Record<Locale, Texts>> = { en, 'pt-BR': ptBR, ar };
export const directoryTexts = (locale: Locale): Texts => all[locale];
