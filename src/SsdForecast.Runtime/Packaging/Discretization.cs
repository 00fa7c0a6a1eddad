namespace SsdForecast.Runtime;

/// <summary>How a block turns continuous time into steps.</summary>
public enum Discretization
{
    /// <summary>Mamba-2: the input of a step is taken where the step ends, <c>dt·x·Bᵀ</c>.</summary>
    ExponentialEuler,

    /// <summary>Mamba-3: part of it is the input of the step before, taken where the step begins; the share is data-dependent.</summary>
    Trapezoid,
}
