/**
 * Options of the Java processes that match patterns, driver and executors. Java's regular expressions take a stack frame or
 * two for each repeat of a group, some 500 bytes a character of the text: with Java's own 1 MB a text of 3,000 characters
 * under `(?:a|b)*` ends the process. A stack takes memory only as far as it was used.
 */
export const SPARK_JAVA_OPTIONS = '-Xss256m'
