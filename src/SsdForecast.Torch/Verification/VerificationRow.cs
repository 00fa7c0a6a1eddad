namespace SsdForecast.Torch.Verification;

/// <summary>One comparison with golden numbers.</summary>
/// <param name="Case">How the answer was computed, such as <c>causal chunked float32</c>.</param>
/// <param name="Quantity">What was compared, such as <c>y</c> or <c>d_x</c>.</param>
/// <param name="Error">Relative error <c>‖a − b‖ / ‖b‖</c>; infinite if a number is not finite.</param>
/// <param name="Tolerance">The most that it may be.</param>
public sealed record VerificationRow(string Case, string Quantity, double Error, double Tolerance)
{
    /// <summary>Whether the error is within the tolerance.</summary>
    public bool Passed => Error <= Tolerance;
}
