/** The one library for programs that use the API, these pages among them. */
export * from '../../../../sdk/typescript/src/index';
