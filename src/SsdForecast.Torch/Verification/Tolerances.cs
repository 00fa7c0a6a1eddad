namespace SsdForecast.Torch.Verification;

/// <summary>How far an answer may be from what it should be, as relative error.</summary>
public static class Tolerances
{
    /// <summary>A float32 implementation from a float64 answer.</summary>
    public const double Float32 = 2e-5;

    /// <summary>Float64 from a float64 answer that was stored as float32.</summary>
    public const double Stored = 1e-6;

    /// <summary>Float64 forms from one another.</summary>
    public const double Float64 = 1e-10;

    /// <summary>Anything from what was made with TF32 products.</summary>
    public const double TensorFloat32 = 3e-3;
}
