namespace SsdForecast.Runtime.Kernels;

/// <summary>The numbers that kernels are made for.</summary>
internal static class ElementType
{
    /// <summary>Refuses others than float and double.</summary>
    /// <param name="kernels">What the message calls the kernels.</param>
    /// <exception cref="ArgumentException">Another type.</exception>
    public static void Require<T>(string kernels)
    {
        if (typeof(T) != typeof(float) && typeof(T) != typeof(double))
            throw new ArgumentException($"{kernels} kernels compute in float or double, not in {typeof(T).Name}; convert the inputs.");
    }
}
