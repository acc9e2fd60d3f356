/** JSON objects in objects are read this deep; what lies deeper is left out. */
export const JSON_DEPTH = 10
