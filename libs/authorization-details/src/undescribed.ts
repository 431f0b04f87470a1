import type { DetailType } from './detail-type.js';
import { same } from './canonical.js';
import { unionOf } from './union.js';
import { languageOf, type InLanguages } from './words/language.js';

const texts: InLanguages<{ title: (type: string) => string; summary: string }> = {
  en: { title: (type) => `Other access: “${type}”`, summary: 'We have no description for this.' },
  'pt-BR': { title: (type) => `Outro acesso: “${type}”`, summary: 'Não temos uma descrição para isto.' },
  ar: { title: (type) => `وصول آخر: “${type}”`, summary: 'ليس لدينا وصف لذلك.' },
};

/**
 * Stands for a type that grants still name and nobody registers any more: it can be shown by its name and taken away,
 * and nothing new can be asked of it.
 */
export const undescribed = (type: string): DetailType => ({
  type,
  kind: 'data',
  schema: { type: 'object', additionalProperties: false, required: ['type'], properties: { type: { const: type } } },
  isWithin: same,
  merge: (existing, added) => unionOf([...existing, ...added], { isWithin: same, lists: [] }),
  enrich: (detail) => detail,
  picks: () => 'nothing',
  withoutAccount: (detail) => detail,
  present: (_detail, locale) => {
    const { title, summary } = texts[languageOf(locale)];
    return { kind: 'data', clusters: [{ id: 'other', title: title(type), summary, items: [] }], terms: [] };
  },
  enforced: [],
});
