export const entities: readonly (new () => object)[] = [];
