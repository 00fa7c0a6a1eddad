namespace SsdForecast.Runtime.Kernels;

/// <summary>Which part of a square matrix is not zero.</summary>
internal enum MatrixPart
{
    /// <summary>All of it.</summary>
    Full,

    /// <summary>The diagonal and below.</summary>
    Lower,

    /// <summary>The diagonal and above.</summary>
    Upper,
}
