/** The codes that reading image documents, platforms and references can end with. */
export type OciErrorCode =
  | 'ERR_LAYERS_JSON'
  | 'ERR_LAYERS_INDEX'
  | 'ERR_LAYERS_MANIFEST'
  | 'ERR_LAYERS_CONFIG'
  | 'ERR_LAYERS_DOCKER_MANIFEST'
  | 'ERR_LAYERS_REPOSITORIES'
  | 'ERR_LAYERS_V1'
  | 'ERR_LAYERS_PLATFORM'
  | 'ERR_LAYERS_REFERENCE';
