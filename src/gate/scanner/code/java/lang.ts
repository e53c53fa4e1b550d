// Names that every Java file knows without an import.

export const primitives = new Set('boolean byte char short int long float double void'.split(' '))

export const javaLang = new Set(
  (
    'Appendable AutoCloseable Boolean Byte CharSequence Character Class ClassLoader ' +
    'ClassNotFoundException CloneNotSupportedException Cloneable Comparable Deprecated Double ' +
    'Enum Error Exception Float FunctionalInterface IllegalAccessException ' +
    'IllegalArgumentException IllegalStateException IndexOutOfBoundsException Integer ' +
    'InterruptedException Iterable Long Math Module NoSuchFieldException NoSuchMethodException ' +
    'NullPointerException Number NumberFormatException Object OutOfMemoryError Override Package ' +
    'Process ProcessBuilder ProcessHandle Readable Record ReflectiveOperationException Runnable ' +
    'Runtime RuntimeException SafeVarargs SecurityException Short StackOverflowError ' +
    'StackTraceElement StrictMath String StringBuffer StringBuilder SuppressWarnings System ' +
    'Thread ThreadGroup ThreadLocal Throwable UnsupportedOperationException Void'
  ).split(' '),
)
