import type { Locale } from '../../locale.js';
import { ar } from './ar.js';
import { en, type SiteTexts } from './en.js';
import { ptBR } from './pt-BR.js';

export type { SiteTexts };

const all: Readonly<Record<Locale, SiteTexts>> = { en, 'pt-BR': ptBR, ar };

export const siteTextsOf = (locale: Locale): SiteTexts => all[locale];
