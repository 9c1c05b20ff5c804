/** Keys of a property that describe it and ask for no check. */
const DESCRIPTIVE = [
  'id',
  'businessName',
  'description',
  'tags',
  'authoritativeDefinitions',
  'classification',
  'criticalDataElement',
  'encryptedName',
  'examples',
  'partitioned',
  'partitionKeyPosition',
  'transformDescription',
  'transformLogic',
  'transformSourceObjects',
  'deprecated',
  'synonyms',
  'semanticType',
]

/** Keys that a property's own rules come from. */
const RULE_KEYS = ['required', 'enum', 'unique', 'primaryKey', 'primaryKeyPosition', 'quality', 'relationships']

const TYPE_KEYS = ['logicalType', 'logicalTypeOptions', 'physicalType', 'properties', 'items', 'map']

export const PROPERTY_KEYS: readonly string[] = [
  ...DESCRIPTIVE,
  ...TYPE_KEYS,
  ...RULE_KEYS,
  'name',
  'physicalName',
  'customProperties',
]

/** What our custom property of a property may tell about: the rules that its keys make. */
export const NOTED_RULES: readonly string[] = [
  'type',
  'required',
  'unique',
  'enum',
  'pattern',
  'format',
  'minLength',
  'maxLength',
  'minimum',
  'exclusiveMinimum',
  'maximum',
  'exclusiveMaximum',
  'multipleOf',
  'minItems',
  'maxItems',
  'uniqueItems',
]
