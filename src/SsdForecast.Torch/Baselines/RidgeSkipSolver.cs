using SsdForecast.Torch.Networks;
using SsdForecast.Torch.Windows;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Baselines;

/// <summary>A ridge solution: the map, and the penalty that validation chose.</summary>
/// <param name="Weights"><c>(H, L + H·n_known)</c>, float32.</param>
/// <param name="Lambda">Penalty as a part of the mean squared size of a regressor.</param>
/// <param name="Windows">Training windows it was solved from.</param>
public sealed record RidgeSolution(Tensor Weights, double Lambda, long Windows);

/// <summary>
/// Ridge regression in closed form from a window's deviations from its mean (and the known covariates of the horizon) to the horizon's deviations,
/// one map for all series. The penalty <c>λ = c·trace(XᵀX)/features</c>, <c>c</c> from 1e-5 to 10, is the best on the validation rows. Solved in
/// float64 from accumulated moments, so the data is read once.
/// </summary>
/// <remarks>
/// Windows with every target observed come first. If more than a tenth of the windows lack some, those with at least half of their targets are taken
/// in as well, what is missing in them filled with the forecast of the solution before (expectation–maximisation, two rounds).
/// </remarks>
public static class RidgeSkipSolver
{
    private const int PositionsPerBatch = 4096;
    private const int FewestWindows = 32;
    private static readonly double[] Penalties = [1e-5, 1e-4, 1e-3, 3e-3, 1e-2, 3e-2, 0.1, 0.3, 1, 10];

    /// <summary>Solves for the skip.</summary>
    /// <param name="data">Rows on a device.</param>
    /// <param name="training">Windows of training positions.</param>
    /// <param name="validation">Windows of validation positions; without targets in them the penalty is 0.1.</param>
    /// <param name="positions">Positions a window.</param>
    public static RidgeSolution Solve(SeriesTensors data, IReadOnlyList<Window> training, IReadOnlyList<Window> validation, long positions)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        // Full windows if there are any; a table of short series is solved from windows that are at least a quarter full.
        var minimum = data.Config.Lookback;
        var moments = Moments.Over(data, training, positions, minimum, null);
        if (moments.Count < FewestWindows)
        {
            minimum = Math.Max(1, minimum / 4);
            moments = Moments.Over(data, training, positions, minimum, null);
        }
        var (weights, penalty) = Best(moments, Moments.Over(data, validation, positions, minimum, null));
        for (var round = 0; round < 2 && moments.Count < 0.9 * moments.Candidates; round++)
        {
            moments = Moments.Over(data, training, positions, minimum, weights);
            (weights, penalty) = Best(moments, Moments.Over(data, validation, positions, minimum, weights));
        }
        return new RidgeSolution(weights.t().to_type(ScalarType.Float32).contiguous().MoveToOuterDisposeScope(), penalty, moments.Count);
    }

    /// <summary>The solution whose penalty is best on the held-out moments.</summary>
    private static (Tensor Weights, double Penalty) Best(Moments moments, Moments held)
    {
        var size = moments.Gram.shape[0];
        var typical = moments.Gram.diagonal().mean().item<double>();
        var (weights, bestError, bestPenalty) = (zeros_like(moments.Cross), double.PositiveInfinity, 0.0);
        // Nothing varies: the mean is all there is.
        if (!(typical > 0)) return (weights, bestPenalty);
        foreach (var c in held.Count > 0 ? Penalties : [0.1])
        {
            var candidate = linalg.solve(moments.Gram + (eye(size, dtype: ScalarType.Float64, device: moments.Gram.device) * (c * typical)), moments.Cross);
            var error = held.Count > 0 ? held.SquaredError(candidate) : 0;
            if (error < bestError) (weights, bestError, bestPenalty) = (candidate, error, c);
        }
        return (weights, bestPenalty);
    }

    /// <summary>Second moments of regressors and targets over all full windows.</summary>
    /// <param name="Count">Windows taken in.</param>
    /// <param name="Candidates">Windows with at least half of their targets.</param>
    private sealed record Moments(Tensor Gram, Tensor Cross, Tensor TargetSquares, long Count, long Candidates)
    {
        public static Moments Over(SeriesTensors data, IReadOnlyList<Window> windows, long positions, int minimumCount, Tensor? impute)
        {
            var config = data.Config;
            var size = config.Lookback + ((long)config.Horizon * config.KnownCovariates);
            var gram = zeros(size, size, dtype: ScalarType.Float64, device: data.Device);
            var cross = zeros(size, config.Horizon, dtype: ScalarType.Float64, device: data.Device);
            var squares = zeros(1, dtype: ScalarType.Float64, device: data.Device);
            var counts = zeros(2, dtype: ScalarType.Float64, device: data.Device);
            foreach (var chunk in windows.Chunk((int)Math.Max(1, PositionsPerBatch / positions)))
            {
                using var scope = NewDisposeScope();
                var batch = data.Gather(chunk, positions);
                var statistics = WindowStatistics.Of(batch);
                var regressors = batch.Known is null ? statistics.Deviations : cat([statistics.Deviations, batch.Ahead(batch.Known)], -1);
                var mask = batch.Ahead(batch.Mask);
                var full = statistics.Count >= minimumCount;
                var candidates = (full & (mask.mean([-1L]) >= 0.5)).to_type(ScalarType.Float64);
                var usable = (impute is null ? (full & (mask.amin([-1L]) > 0)).to_type(ScalarType.Float64) : candidates).unsqueeze(-1);
                var x = (regressors.to_type(ScalarType.Float64) * usable).flatten(0, 1);
                var y = ((batch.Ahead(batch.Filled) - statistics.Mean.unsqueeze(-1)).to_type(ScalarType.Float64) * usable).flatten(0, 1);
                if (impute is not null) y = where(mask.flatten(0, 1) > 0, y, matmul(x, impute));
                gram.add_(matmul(x.t(), x));
                cross.add_(matmul(x.t(), y));
                squares.add_(y.square().sum());
                counts.add_(stack([usable.sum(), candidates.sum()]));
            }
            return new Moments(gram, cross, squares, (long)counts[0].item<double>(), (long)counts[1].item<double>());
        }

        /// <summary>Sum of squared errors of a map on these windows, from the moments alone.</summary>
        public double SquaredError(Tensor map)
            => (TargetSquares - 2 * (map * Cross).sum() + (map * matmul(Gram, map)).sum()).item<double>();
    }
}
