namespace SsdForecast.Runtime;

/// <summary>Element types of a safetensors file.</summary>
public enum SafetensorsType
{
    /// <summary>IEEE single precision, <c>F32</c>.</summary>
    F32,

    /// <summary>IEEE double precision, <c>F64</c>.</summary>
    F64,

    /// <summary>IEEE half precision, <c>F16</c>.</summary>
    F16,

    /// <summary>Brain floating point, the upper half of a single, <c>BF16</c>.</summary>
    BF16,

    /// <summary>Signed 64-bit integer, <c>I64</c>.</summary>
    I64,

    /// <summary>Signed 32-bit integer, <c>I32</c>.</summary>
    I32,

    /// <summary>Signed 16-bit integer, <c>I16</c>.</summary>
    I16,

    /// <summary>Signed 8-bit integer, <c>I8</c>.</summary>
    I8,

    /// <summary>Unsigned 64-bit integer, <c>U64</c>.</summary>
    U64,

    /// <summary>Unsigned 32-bit integer, <c>U32</c>.</summary>
    U32,

    /// <summary>Unsigned 16-bit integer, <c>U16</c>.</summary>
    U16,

    /// <summary>Unsigned 8-bit integer, <c>U8</c>.</summary>
    U8,

    /// <summary>One byte, 0 or 1, <c>BOOL</c>.</summary>
    Bool,
}
